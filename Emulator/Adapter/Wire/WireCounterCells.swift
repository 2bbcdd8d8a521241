import EtherFabric
import Synchronization

/// A word of `WireCounters`, by its place.
public enum WireCounter: Int, CaseIterable, Sendable {
  case receiveDropped, receiveTruncated, receiveOversize, transmitDropped, systemCalls, checksumsCompleted,
    framesSegmented, receiveLeft
}

/// Where a wire counts: words with one writer at a time that any thread may read.
///
/// A wire has cells of its own until an adapter gives it some (`Wire.count(in:)`), in memory that other processes see.
public struct WireCounterCells {
  private let cells: UnsafeMutablePointer<Atomic<UInt64>>

  /// - Parameter counters: words that live as long as these cells are used.
  public init(_ counters: UnsafeMutablePointer<WireCounters>) {
    cells = UnsafeMutableRawPointer(counters).assumingMemoryBound(to: Atomic<UInt64>.self)
  }

  /// Cells in memory of their own.
  public static func allocate() -> WireCounterCells {
    let counters = UnsafeMutablePointer<WireCounters>.allocate(cacheAligned: 1)
    counters.initialize(to: WireCounters())
    return WireCounterCells(counters)
  }

  /// For cells that were allocated.
  public func deallocate() { UnsafeMutableRawPointer(cells).deallocate() }

  @inlinable @inline(__always)
  public func add(_ counter: WireCounter, _ amount: Int = 1) {
    set(counter, value(counter) &+ UInt64(truncatingIfNeeded: amount))
  }

  @inline(__always)
  public func set(_ counter: WireCounter, _ value: UInt64) { cells[counter.rawValue].store(value, ordering: .relaxed) }

  @inline(__always)
  public func value(_ counter: WireCounter) -> UInt64 { cells[counter.rawValue].load(ordering: .relaxed) }

  /// Adds with other writers about.
  public func addShared(_ counter: WireCounter, _ amount: UInt64) {
    cells[counter.rawValue].wrappingAdd(amount, ordering: .relaxed)
  }

  /// All of them now.
  public var counters: WireCounters {
    var counters = WireCounters()
    withUnsafeMutableBytes(of: &counters) { bytes in
      for counter in WireCounter.allCases {
        bytes.storeBytes(of: value(counter), toByteOffset: counter.rawValue * 8, as: UInt64.self)
      }
    }
    return counters
  }

  /// Takes over what others counted.
  public func take(from other: WireCounterCells) {
    for counter in WireCounter.allCases { set(counter, other.value(counter)) }
  }
}

extension WireCounters: CounterWords {
  static let fields: [CounterField<WireCounters>] = [
    .init(\.receiveDropped, "rx_dropped", "frames that the wire dropped before the port"),
    .init(\.receiveOversize, "rx_oversize", "frames above the MTU that the wire could not cut"),
    .init(\.receiveTruncated, "rx_truncated", "frames that arrived cut, and were dropped"),
    .init(\.transmitDropped, "tx_dropped", "frames that the wire lost on the way out"),
    .init(\.systemCalls, "syscalls", "system calls of the wire's datapath", unit: "calls"),
    .init(\.checksumsCompleted, "checksums", "partial checksums that the wire completed"),
    .init(\.framesSegmented, "segmented", "large frames that the wire cut into segments"),
    .init(\.receiveLeft, "rx_left", "frames that no filter asks for, left to the kernel by the wire"),
  ]
}
