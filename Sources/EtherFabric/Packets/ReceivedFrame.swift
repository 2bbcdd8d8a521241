/// A frame that an endpoint received, in the buffers that the adapter wrote it to. Its bytes cannot outlive it; when it
/// goes out of scope its buffers return to their pool.
@frozen
public struct ReceivedFrame: ~Copyable {
  @usableFromInline let core: UnsafeMutablePointer<PoolCore>
  @usableFromInline let first: UInt32
  @usableFromInline let length: UInt32
  @usableFromInline let prefix: UInt16
  /// Buffers of the frame; 0 for a frame in a superbuf, which is shared and not to be written to.
  @usableFromInline let fragments: UInt16
  /// When the frame arrived; nil without `InterfaceFlags.receiveTimestamps`, or while the clock is not in sync.
  public let timestamp: Timestamp?
  /// Nil for a good frame. Which errors are told is up to `VirtualInterface.receiveDiscards`.
  public let discardReason: DiscardReason?
  /// The destination is multicast or broadcast.
  public let isMulticast: Bool

  @inlinable
  init(
    core: UnsafeMutablePointer<PoolCore>, first: UInt32, length: UInt32, prefix: UInt16, fragments: UInt16,
    timestamp: Timestamp?, discardReason: DiscardReason?, isMulticast: Bool
  ) {
    self.core = core
    self.first = first
    self.length = length
    self.prefix = prefix
    self.fragments = fragments
    self.timestamp = timestamp
    self.discardReason = discardReason
    self.isMulticast = isMulticast
  }

  @inlinable
  deinit {
    core.pointee.framesDropped &+= 1
    core.putChain(first)
  }

  /// Returns the buffers now. The same happens at the end of the scope; only the counter differs.
  @inlinable
  public consuming func release() {
    core.pointee.framesReleased &+= 1
    core.putChain(first)
    discard self
  }

  /// Takes the buffer out of the frame, with the frame as its packet: to send it on. Nil for a frame of several
  /// buffers, which are returned.
  ///
  /// On EFCT and EF10CT the frame lies in a superbuf with others: it is copied into a buffer of the endpoint's pool.
  /// Nil where the pool is empty, where its buffers are too small, and where the endpoint has gone.
  @inlinable
  public consuming func takeBuffer() -> PacketBuffer? {
    guard fragments == 1 else { return takeCopy() }
    let buffer = PacketBuffer(core: core, index: first, offset: UInt32(prefix), length: length)
    discard self
    return buffer
  }

  @usableFromInline @inline(never)
  consuming func takeCopy() -> PacketBuffer? {
    guard fragments == 0, let pool = core.pointee.copies, Int(length) <= pool.pointee.bufferSize else {
      release()
      return nil
    }
    let index = pool.take()
    guard index != .max else {
      release()
      return nil
    }
    let buffer = PacketBuffer(core: pool, index: index, length: length)
    buffer.start.copyMemory(from: address(first) + Int(prefix), byteCount: Int(length))
    core.putChain(first)
    discard self
    return buffer
  }

  /// Bytes of the whole frame, without prefix and FCS.
  @inlinable public var count: Int { Int(length) }
  /// Buffers that it takes; more than one for a jumbo.
  @inlinable public var fragmentCount: Int { max(1, Int(fragments)) }

  @inlinable @inline(__always)
  func address(_ index: UInt32) -> UnsafeMutableRawPointer {
    core.pointee.base + Int(index) * core.pointee.bufferSize
  }

  /// The frame; of a frame in several buffers the part in the first (see `fragment`).
  @inlinable public var bytes: RawSpan {
    @_lifetime(borrow self)
    get {
      let start = address(first) + Int(prefix)
      let count = fragments == 1 ? Int(length) : Int(core.pointee.lengths[Int(first)]) - Int(prefix)
      return _overrideLifetime(RawSpan(_unsafeStart: UnsafeRawPointer(start), byteCount: count), borrowing: self)
    }
  }

  /// The part of the frame in buffer `number`, from 0.
  @_lifetime(borrow self)
  public func fragment(_ number: Int) -> RawSpan {
    precondition(number >= 0 && number < fragmentCount, "fragment number past the frame")
    var index = first
    for _ in 0..<number { index = core.pointee.links[Int(index)] }
    let skip = number == 0 ? Int(prefix) : 0
    let count = Int(core.pointee.lengths[Int(index)]) - skip
    return _overrideLifetime(
      RawSpan(_unsafeStart: UnsafeRawPointer(address(index) + skip), byteCount: count), borrowing: self)
  }

  /// Copies the whole frame, over its buffers.
  /// - Returns: bytes copied; what does not fit is left out.
  @discardableResult
  public func copyBytes(to target: UnsafeMutableRawBufferPointer) -> Int {
    var position = 0
    for number in 0..<fragmentCount {
      fragment(number).withUnsafeBytes { source in
        let part = min(source.count, target.count - position)
        guard part > 0, let from = source.baseAddress, let to = target.baseAddress else { return }
        (to + position).copyMemory(from: from, byteCount: part)
        position += part
      }
    }
    return position
  }

  /// Identifier of the outer VLAN tag, 0 to 4095; nil for an untagged frame.
  public var vlan: UInt16? {
    guard count >= 16 else { return nil }
    let type = UInt16(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: 12, as: UInt16.self))
    guard type == 0x8100 || type == 0x88a8 else { return nil }
    return UInt16(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: 14, as: UInt16.self)) & 0xfff
  }
}
