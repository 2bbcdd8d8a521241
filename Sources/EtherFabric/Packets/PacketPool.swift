/// Registered packet buffers of one size. Buffers are taken from a pool, posted or sent through an endpoint, and come
/// back by themselves when nobody holds them any more.
///
/// A pool, its buffers and the endpoints on it belong to one thread; the compiler holds you to it.
public final class PacketPool {
  let core: UnsafeMutablePointer<PoolCore>
  private var registrations: [MemoryRegistration] = []

  /// Allocates the memory of the buffers and registers it.
  /// - Parameters:
  ///   - domain: where the buffers can be used; see `register(in:)` for more.
  ///   - count: buffers, at least 1.
  ///   - bufferSize: bytes of each, receive prefix included; a divisor or a multiple of 4096, 512 to 16384.
  ///   - hugePages: whether the memory is to come from 2 MiB pages.
  /// - Throws: `EINVAL` for a size or count that is not allowed; what memory or registration was refused with.
  public init(
    _ domain: ProtectionDomain, count: Int, bufferSize: Int = 2048, hugePages: DMAMemory.HugePages = .preferred
  ) throws(EtherFabricError) {
    guard (1...1 << 20).contains(count), (512...16384).contains(bufferSize),
      4096 % bufferSize == 0 || bufferSize % 4096 == 0
    else {
      throw EtherFabricError(
        "PacketPool", errno: 22, reason: "\(count) buffers of \(bufferSize) bytes",
        remedy: "Give 1 to 1048576 buffers of 512, 1024, 2048, 4096, 8192, 12288 or 16384 bytes.")
    }
    let node = domain.driver.identity.numaNode
    let memory = try DMAMemory(
      byteCount: count * bufferSize, hugePages: hugePages, node: node >= 0 ? node : nil)
    core = .allocate(capacity: 1)
    core.initialize(to: PoolCore(memory: memory, bufferSize: bufferSize, count: count))
    do throws(EtherFabricError) {
      registrations.append(try MemoryRegistration(domain, memory))
    } catch {
      core.orphan()
      throw error
    }
  }

  deinit { core.orphan() }

  /// Registers the same memory in another domain, so that a frame received on one adapter can be sent on another
  /// without being copied.
  public func register(in domain: ProtectionDomain) throws(EtherFabricError) {
    guard !registrations.contains(where: { $0.domain === domain }) else { return }
    guard let memory = core.pointee.memory else { return }
    registrations.append(try MemoryRegistration(domain, memory.takeUnretainedValue()))
  }

  /// Where the buffers are in a domain, nil where they are not registered.
  func registration(in domain: ProtectionDomain) -> MemoryRegistration? {
    registrations.first { $0.domain === domain }
  }

  /// Takes a free buffer; nil when all are in use.
  @inlinable
  public func allocate() -> PacketBuffer? {
    let index = sharedCore.take()
    return index == .max ? nil : PacketBuffer(core: sharedCore, index: index)
  }

  @usableFromInline var sharedCore: UnsafeMutablePointer<PoolCore> { core }

  /// Buffers in all.
  public var count: Int { core.pointee.count }
  /// Buffers that are free now.
  public var available: Int { core.pointee.freeCount }
  /// Bytes of a buffer.
  public var bufferSize: Int { core.pointee.bufferSize }
  /// Received frames that went out of scope without being released or taken.
  public var framesDropped: UInt64 { core.pointee.framesDropped }
  /// Received frames that were released.
  public var framesReleased: UInt64 { core.pointee.framesReleased }
  /// Buffers that came back because a post or a transmit was refused.
  public var buffersRefused: UInt64 { core.pointee.buffersRefused }
}
