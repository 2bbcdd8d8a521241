import EtherFabricFormats

/// `ef_packed_stream_params`. What the buffers of a packed-stream interface have to be like.
public struct PackedStreamParameters: Equatable, Sendable {
  /// `psp_buffer_size`. Bytes of a buffer: 1 MiB, or 64 KiB.
  public let bufferSize: Int
  /// `psp_buffer_align`. What a buffer's DMA address is a multiple of.
  public let bufferAlignment: Int
  /// `psp_start_offset`. Where the first packet's header is in a buffer.
  public let startOffset: Int
  /// `psp_max_usable_buffers`. Buffers that the adapter fills without an event being unbundled; more may be posted.
  public let maximumUsableBuffers: Int
}

/// Where the next packet will be in a packed-stream buffer: the `pkt_iter` of the C calls, which cannot leave its buffer.
///
/// The buffer is the caller's, who keeps it, and posts it again when the next one has been begun.
@frozen
public struct PackedStreamPosition {
  @usableFromInline let buffer: UnsafeMutableRawPointer
  @usableFromInline let size: Int
  /// Bytes from the start of the buffer to the header of the next packet.
  @usableFromInline var offset: Int

  /// `ef_packed_stream_packet_first`. The first packet of a buffer: for an event with `nextBuffer`.
  public init(startOf buffer: UnsafeMutableRawPointer, _ parameters: PackedStreamParameters) {
    self.buffer = buffer
    size = parameters.bufferSize
    offset = parameters.startOffset
  }

  /// Any place of a buffer of `size` bytes.
  init(in buffer: UnsafeMutableRawPointer, size: Int, offset: Int) {
    self.buffer = buffer
    self.size = size
    self.offset = offset
  }

  /// Bytes from the start of the buffer to where the header of the next packet will be.
  public var nextOffset: Int { offset }
}
