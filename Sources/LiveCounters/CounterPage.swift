import CLinuxShims
import Glibc
import Synchronization

/// The counters of one adapter in memory that other processes can look at.
///
/// The datapath adds to plain words of it. The page belongs to no directory: it is reached as a descriptor of the
/// process, so it goes when the process goes, however that ends. Its size is sealed, and others cannot write to it.
/// Where the system refuses such memory the counters lie in private memory and nobody sees them; that is no error.
public final class CounterPage: @unchecked Sendable {
  /// Where the counters are.
  public enum Location: Equatable, Sendable {
    /// Where `efvi stats` finds them.
    case shared(descriptor: Int32)
    /// Memory of this process, with what was refused.
    case hidden(reason: String)
  }

  public let location: Location
  private let base: UnsafeMutableRawPointer
  private let byteCount: Int
  private let places: [(offset: Int, stride: Int, instances: Int, fields: Int)]
  private let generation = Atomic<UInt64>(0)

  /// - Parameters:
  ///   - device: the device string of the adapter.
  ///   - groups: with at most 31 bytes of a group's name, 39 of a field's, 15 of a unit and 127 of a help.
  ///   - isShared: false to keep the counters private.
  public init(device: String, groups: [CounterGroup], isShared: Bool = true) {
    let fieldCount = groups.map(\.fields.count).reduce(0, +)
    let metadata =
      PageLayout.headerBytes + groups.count * PageLayout.groupBytes + fieldCount * PageLayout.fieldBytes
    var offset = PageLayout.aligned(metadata, to: 4096)
    var places: [(offset: Int, stride: Int, instances: Int, fields: Int)] = []
    for group in groups {
      // Things that different threads count do not share a cache line.
      let stride = PageLayout.aligned(PageLayout.instanceHeader + 8 * group.fields.count, to: 64)
      places.append((offset, stride, group.instances, group.fields.count))
      offset += stride * group.instances
    }
    self.places = places
    byteCount = PageLayout.aligned(offset, to: 4096)
    let memory = isShared ? Self.sharedMemory(byteCount) : .failure(Refusal(text: "switched off"))
    switch memory {
    case .success(let (base, descriptor)):
      self.base = base
      location = .shared(descriptor: descriptor)
    case .failure(let refusal):
      let fallback = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
      guard let fallback, fallback != MAP_FAILED else { fatalError("no memory for \(byteCount) bytes of counters") }
      base = fallback
      location = .hidden(reason: refusal.text)
    }
    PageWriter(base: base).write(
      groups: groups, places: places.map { (UInt64($0.offset), UInt64($0.stride)) }, metadata: metadata,
      byteCount: byteCount, device: device)
  }

  deinit {
    // A process that has the page open still sees its last values, and that they are the last.
    let state = (base + PageLayout.Header.state).assumingMemoryBound(to: Atomic<UInt32>.self)
    state.pointee.store(PageLayout.State.closed, ordering: .releasing)
    munmap(base, byteCount)
    if case .shared(let descriptor) = location { Glibc.close(descriptor) }
  }

  /// The words of an instance, in the order of the group's fields.
  /// - Precondition: the group and the instance exist.
  public func values(group: Int, instance: Int = 0) -> UnsafeMutablePointer<UInt64> {
    (self.base(group, instance) + PageLayout.instanceHeader).assumingMemoryBound(to: UInt64.self)
  }

  /// Shows an instance, with all its words zero. `tag` is told along with it.
  @discardableResult
  public func open(group: Int, instance: Int = 0, tag: UInt64 = 0) -> UnsafeMutablePointer<UInt64> {
    let values = values(group: group, instance: instance)
    values.update(repeating: 0, count: places[group].fields)
    let header = base(group, instance)
    header.storeBytes(of: tag, toByteOffset: 8, as: UInt64.self)
    let next = generation.wrappingAdd(1, ordering: .relaxed).newValue
    header.assumingMemoryBound(to: Atomic<UInt64>.self).pointee.store(next, ordering: .releasing)
    return values
  }

  /// Shows an instance no longer.
  public func close(group: Int, instance: Int) {
    base(group, instance).assumingMemoryBound(to: Atomic<UInt64>.self).pointee.store(0, ordering: .releasing)
  }

  private func base(_ group: Int, _ instance: Int) -> UnsafeMutableRawPointer {
    let place = places[group]
    precondition((0..<place.instances).contains(instance), "group \(group) has no instance \(instance)")
    return base + place.offset + place.stride * instance
  }

  private struct Refusal: Error { var text: String }

  private static func sharedMemory(_ byteCount: Int) -> Result<(UnsafeMutableRawPointer, Int32), Refusal> {
    func refusal(_ call: String, _ code: Int32) -> Result<(UnsafeMutableRawPointer, Int32), Refusal> {
      .failure(Refusal(text: "\(call) failed: \(String(cString: strerror(code)))"))
    }
    let descriptor = efvi_page_create(PageLayout.fileName, byteCount)
    guard descriptor >= 0 else { return refusal("memfd_create", -descriptor) }
    guard let base = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), base != MAP_FAILED else {
      let code = errno
      Glibc.close(descriptor)
      return refusal("mmap", code)
    }
    let sealed = efvi_page_seal(descriptor)
    guard sealed == 0 else {
      munmap(base, byteCount)
      Glibc.close(descriptor)
      return refusal("sealing", -sealed)
    }
    return .success((base, descriptor))
  }
}
