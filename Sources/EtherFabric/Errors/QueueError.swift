import Glibc

/// What a datapath call refused, and why. Trivial: throwing one allocates nothing, and a refused call changes
/// nothing.
@frozen
public struct QueueError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Why a call was refused.
  @frozen
  public enum Kind: UInt8, Sendable {
    /// The ring has no room for the descriptors that this call needs; on EFCT and EF10CT, the adapter's FIFO none for
    /// the bytes, or the event queue none for the completion. Poll, unbundle, try again.
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
    /// This adapter, or this interface as it was allocated, does not have what the call is about.
    case unsupported
    /// This adapter has no such call: EFCT and EF10CT take no receive descriptors.
    case notImplemented
    /// No packet of this name is out: it was never received here, or has been released.
    case unknownPacket
    /// An event that says nothing of what the call is about, on an interface allocated as this one.
    case wrongEvent
    /// No filter picked this packet.
    case noFilter
    /// The fallback of a cut-through send, without the send.
    case noCutThrough
    /// The offset in a PIO buffer is not a multiple of 64.
    case misaligned
    /// The frame has fewer bytes than the adapter can send.
    case tooShort
    /// No PIO buffer is linked to the virtual interface.
    case noPIOBuffer
    /// The virtual interface has no transmit alternative of this number.
    case noAlternative
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
    case .unsupported: EOPNOTSUPP
    case .notImplemented: ENOSYS
    case .noFilter: ENODATA
    case .lengthOutOfRange, .addressOutOfRange, .unalignedBuffer, .noQueue, .badVector, .foreignBuffer, .unknownPacket,
      .wrongEvent, .noCutThrough, .misaligned, .tooShort, .noPIOBuffer, .noAlternative:
      EINVAL
    }
  }

  public var description: String {
    let name = EtherFabricError.name(of: errno)
    return switch kind {
    case .ringFull:
      "the queue has no room: \(value) wanted, \(limit) free (\(name)). Poll, unbundle, then try again."
    case .lengthOutOfRange:
      "length \(value) is out of range, at most \(limit) bytes (\(name)). Split the packet or use a larger buffer."
    case .addressOutOfRange:
      "DMA address 0x\(String(value, radix: 16)) is no address of this interface (\(name)). Take it from a registration."
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
    case .misaligned:
      "offset \(value) is not a multiple of \(limit) (\(name)). Begin every packet at one."
    case .tooShort:
      "a frame of \(value) bytes, at least \(limit) are needed (\(name)). Pad it with zeros."
    case .noPIOBuffer:
      "no PIO buffer is linked to the virtual interface (\(name)). Link one with linkPIO."
    case .noAlternative:
      "there is no transmit alternative \(value), \(limit) are allocated (\(name)). Allocate more, or use these."
    case .queueStopped:
      "the queue stopped after a DMA fault (\(name)). Reinitialise it."
    case .unsupported:
      "the adapter or the interface does not have this (\(name)). Ask Driver.capability; see the interface's flags."
    case .notImplemented:
      "this adapter takes no receive buffers (\(name)). Frames arrive in superbufs: poll, and release each packet."
    case .unknownPacket:
      "packet 0x\(String(value, radix: 16)) is not out (\(name)). Release each packet once, on its own interface."
    case .wrongEvent:
      "the event does not say this (\(name)). Pass a receive event; EF10 needs InterfaceFlags.receiveFilterID as well."
    case .noFilter:
      "no filter picked the packet (\(name)). It came by a rule that is no filter, such as a sniff."
    case .noCutThrough:
      "no cut-through send waits for its fallback (\(name)). Send first, and poll after the fallback."
    }
  }
}
