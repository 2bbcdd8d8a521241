import Glibc

/// The memory that `ef_memreg_alloc` wants: page-aligned and the caller's own, for rings and packet buffers.
///
/// Anonymous, zero, present from the start, and given back by `deinit`. Any memory aligned to 4 KiB may be registered;
/// this class is the way to get some of it with huge pages, on a NUMA node, and locked.
///
/// The mapping is shared (MAP_SHARED): a process that forks has one memory with its child, as the adapter has, and no page
/// is copied away from under the adapter by the first write after the fork. Wires that write frames straight into
/// registered memory (`emu:xdp:IFACE,memory=user`) need it too.
public final class DMAMemory: @unchecked Sendable {
  /// Whether to use 2 MiB pages, which cost the adapter and the CPU fewer translations.
  public enum HugePages: String, Sendable, CaseIterable {
    case never
    /// If the kernel has enough of them free; `obtainedHugePages` says what came of it.
    case preferred
    /// Refused with `ENOMEM` otherwise.
    case required
  }

  /// The first byte; aligned to 4 KiB, with huge pages to 2 MiB.
  public let base: UnsafeMutableRawPointer
  /// Bytes at `base`: what was asked for, rounded up to 4 KiB.
  public let count: Int
  /// Bytes taken from the system: `count`, with huge pages rounded up to 2 MiB.
  public let mappedCount: Int
  /// Whether the memory is of 2 MiB pages.
  public let obtainedHugePages: Bool
  /// The NUMA node that the first page is on, nil where the kernel does not say.
  public let node: Int?
  /// Whether the pages are locked: never swapped out.
  public let isLocked: Bool

  private let calls: MemoryCalls

  /// Bytes of a page that memory is rounded up to.
  public static let pageSize = 4096
  /// Bytes of a huge page.
  public static let hugePageSize = 2 << 20

  /// Takes `byteCount` bytes, at least 1.
  ///
  /// `node` asks for memory of that NUMA node while it has any; nil and negative numbers (`NUMANode.of(interface:)` of a
  /// virtual interface) leave it to the kernel. Errors: `EINVAL` a count or node that cannot be, `ENOMEM` no memory, no
  /// huge pages, or above the limit of locked memory, `EPERM` no locked memory allowed at all, `ENOSYS` a node on a
  /// kernel without NUMA policy.
  public convenience init(
    byteCount: Int, hugePages: HugePages = .never, node: Int? = nil, locked: Bool = false
  ) throws(EtherFabricError) {
    try self.init(byteCount: byteCount, hugePages: hugePages, node: node, locked: locked, calls: .kernel)
  }

  package init(
    byteCount: Int, hugePages: HugePages, node: Int?, locked: Bool, calls: MemoryCalls
  ) throws(EtherFabricError) {
    let refusal = MemoryRefusal(byteCount: byteCount)
    guard byteCount > 0, byteCount <= Int.max - Self.hugePageSize else { throw refusal.size }
    let wanted = node.flatMap { $0 < 0 ? nil : $0 }
    if let wanted {
      guard let highest = calls.highestNode() else { throw refusal.noPolicy(node: wanted) }
      guard wanted <= highest else { throw refusal.noNode(wanted, highest: highest) }
    }
    let count = Self.rounded(byteCount, to: Self.pageSize)
    let mapping = try Self.map(count, hugePages, calls, refusal)
    func undo(_ error: EtherFabricError) -> EtherFabricError {
      calls.unmap(mapping.base, mapping.length)
      return error
    }
    if let wanted {
      let code = calls.prefer(wanted, mapping.base, mapping.length)
      if code != 0 { throw undo(refusal.bind(node: wanted, code)) }
    }
    if locked {
      let code = calls.lock(mapping.base, mapping.length)
      if code != 0 { throw undo(refusal.lock(mapping.length, code, limit: calls.lockLimit())) }
    }
    let code = calls.populate(mapping.base, mapping.length)
    if code != 0 { throw undo(refusal.populate(code)) }

    base = mapping.base
    self.count = count
    mappedCount = mapping.length
    obtainedHugePages = mapping.isHuge
    self.node = calls.nodeOfPage(mapping.base)
    isLocked = locked
    self.calls = calls
  }

  deinit { calls.unmap(base, mappedCount) }

  /// The bytes.
  public var bytes: UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(start: base, count: count) }

  private struct Mapping {
    var base: UnsafeMutableRawPointer
    var length: Int
    var isHuge: Bool
  }

  private static func map(
    _ count: Int, _ hugePages: HugePages, _ calls: MemoryCalls, _ refusal: MemoryRefusal
  ) throws(EtherFabricError) -> Mapping {
    if hugePages != .never {
      let length = rounded(count, to: hugePageSize)
      let (base, code) = calls.map(length, true)
      if let base { return Mapping(base: base, length: length, isHuge: true) }
      if hugePages == .required { throw refusal.huge(pages: length / hugePageSize, code) }
    }
    let (base, code) = calls.map(count, false)
    guard let base else { throw refusal.map(code) }
    return Mapping(base: base, length: count, isHuge: false)
  }

  private static func rounded(_ count: Int, to unit: Int) -> Int { (count + unit - 1) / unit * unit }
}
