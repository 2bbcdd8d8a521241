import Glibc

/// What a datapath call refused, and why. Trivial: throwing one allocates nothing, and a refused call changes
/// nothing.
@frozen
public struct QueueError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Why a call was refused.
  @frozen
  public enum Kind: UInt8, Sendable {
    /// The ring has no room for the descriptors that this call needs. Poll, unbundle, try again.
    case ringFull
    /// The length cannot be put into a descriptor, or is longer than the buffer.
    case lengthOutOfRange
    /// The DMA address cannot be put into a descriptor.
    case addressOutOfRange
    /// A packed-stream buffer that does not start at a multiple of its size.
    case unalignedBuffer
    /// The virtual interface was allocated without this queue.
    case noQueue
    /// A vectored transmit without fragments, or with too many.
    case badVector
    /// The buffer is of another pool or protection domain.
    case foreignBuffer
    /// The pool has no free buffer.
    case poolEmpty
    /// The queue has stopped after a DMA fault and waits to be initialised again.
    case queueStopped
    /// The virtual interface was allocated without what the call reads, or the event is of another kind.
    case notEnabled
    /// The adapter has put down none for this packet.
    case noData
  }

  public let kind: Kind
  /// The value that was refused: a length, an address, a count.
  public let value: UInt64
  /// What was allowed: the limit for lengths and counts, the free entries for a full ring.
  public let limit: UInt64

  @inlinable
  public init(_ kind: Kind, value: UInt64 = 0, limit: UInt64 = 0) {
    self.kind = kind
    self.value = value
    self.limit = limit
  }

  /// The errno that the C call returns, positive.
  public var errno: Int32 {
    switch kind {
    case .ringFull: EAGAIN
    case .poolEmpty: ENOBUFS
    case .queueStopped: ESHUTDOWN
    case .noData: ENODATA
    case .lengthOutOfRange, .addressOutOfRange, .unalignedBuffer, .noQueue, .badVector, .foreignBuffer, .notEnabled:
      EINVAL
    }
  }

  public var description: String {
    let name = EtherFabricError.name(of: errno)
    return switch kind {
    case .ringFull:
      "the ring has no room: \(value) descriptors wanted, \(limit) free (\(name)). Poll, unbundle, then try again."
    case .lengthOutOfRange:
      "length \(value) is out of range, at most \(limit) bytes (\(name)). Split the packet or use a larger buffer."
    case .addressOutOfRange:
      "DMA address 0x\(String(value, radix: 16)) does not fit a descriptor (\(name)). Take it from a registration."
    case .unalignedBuffer:
      """
      DMA address 0x\(String(value, radix: 16)) is no multiple of the buffer's \(limit) bytes (\(name)). Align the \
      memory, and register it in a domain with DomainFlags.receivePackedStream.
      """
    case .noQueue:
      "the virtual interface has no such queue (\(name)). Allocate it with a capacity above zero."
    case .badVector:
      "\(value) fragments, 1 to \(limit) are allowed (\(name)). Gather into fewer fragments."
    case .foreignBuffer:
      "the buffer belongs to another pool (\(name)). Take it from this endpoint's pool."
    case .poolEmpty:
      "the pool has no free buffer (\(name)). Release frames, poll for completions, or make the pool larger."
    case .queueStopped:
      "the queue stopped after a DMA fault (\(name)). Reinitialise it."
    case .notEnabled:
      "the virtual interface was allocated without this, or the event has none (\(name)). See InterfaceFlags."
    case .noData:
      "the packet has none (\(name)). No filter brought it here."
    }
  }
}
