/// A packet buffer that this code owns. Posting or sending consumes it, and it returns to its pool when it goes out of
/// scope: it cannot be used after it was posted, nor returned twice.
@frozen
public struct PacketBuffer: ~Copyable {
  @usableFromInline let core: UnsafeMutablePointer<PoolCore>
  @usableFromInline let index: UInt32
  /// Where the packet starts in the buffer.
  @usableFromInline var offset: UInt32 = 0
  @usableFromInline var length: UInt32 = 0

  @inlinable
  init(core: UnsafeMutablePointer<PoolCore>, index: UInt32, offset: UInt32 = 0, length: UInt32 = 0) {
    self.core = core
    self.index = index
    self.offset = offset
    self.length = length
  }

  @inlinable
  deinit { core.put(index) }

  /// Gives the buffer up to a ring: whoever completes it owns it.
  @inlinable
  consuming func surrender() -> (index: UInt32, offset: UInt32, length: UInt32) {
    let parts = (index, offset, length)
    discard self
    return parts
  }

  /// Bytes that a packet in this buffer can have.
  @inlinable public var capacity: Int { core.pointee.bufferSize - Int(offset) }

  /// Bytes of the packet, 0 at first.
  /// - Precondition: at most `capacity`.
  @inlinable public var count: Int {
    get { Int(length) }
    set {
      precondition(newValue >= 0 && newValue <= capacity, "packet longer than its buffer")
      length = UInt32(newValue)
    }
  }

  @inlinable @inline(__always)
  var start: UnsafeMutableRawPointer {
    core.pointee.base + Int(index) * core.pointee.bufferSize + Int(offset)
  }

  /// The packet.
  @inlinable public var bytes: RawSpan {
    @_lifetime(borrow self)
    get {
      _overrideLifetime(
        RawSpan(_unsafeStart: UnsafeRawPointer(start), byteCount: Int(length)), borrowing: self)
    }
  }

  /// The packet, to be written.
  @inlinable public var mutableBytes: MutableRawSpan {
    @_lifetime(&self)
    mutating get {
      let span = MutableRawSpan(_unsafeStart: start, byteCount: Int(length))
      return _overrideLifetime(span, mutating: &self)
    }
  }

  /// All `capacity` bytes, for code that writes headers through pointers; set `count` afterwards.
  @inlinable
  public mutating func withUnsafeMutableBytes<Result: ~Copyable, Failure: Error>(
    _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeMutableRawBufferPointer(start: start, count: capacity))
  }

  /// Replaces the packet by a copy of `bytes`.
  /// - Precondition: at most `capacity` bytes.
  public mutating func replace(with bytes: RawSpan) {
    count = bytes.byteCount
    bytes.withUnsafeBytes { source in
      guard let base = source.baseAddress else { return }
      start.copyMemory(from: base, byteCount: source.count)
    }
  }
}
