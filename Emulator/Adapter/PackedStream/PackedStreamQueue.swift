import EtherFabric
import EtherFabricFormats

/// The adapter's side of a packed-stream receive queue.
struct PackedStreamQueue {
  /// Bytes of a buffer.
  let bufferSize: Int
  /// DMA address of the buffer at hand; 0 before the first.
  var buffer: UInt64 = 0
  /// Where in it the next prefix goes.
  var offset = 0
  /// What may still be written: one for each new buffer, and for each 64 KiB boundary in one.
  var credits = PackedStreamLayout.initialCredits
  /// Packets written, as events carry it; a new queue starts one before its first packet.
  var pointer: UInt32 = 0xf
  /// Packets since the last event.
  var pending = 0
  /// They are in a new buffer.
  var pendingRotation = false
  /// 64 KiB boundaries that they crossed.
  var pendingCrossings = 0

  init(_ flags: InterfaceFlags) {
    bufferSize =
      flags.contains(.packedStream64K) ? PackedStreamLayout.smallBufferSize : PackedStreamLayout.bufferSize
  }

  /// The ring begins anew.
  mutating func restart() {
    buffer = 0
    credits = PackedStreamLayout.initialCredits
    pointer = 0xf
    pending = 0
    pendingRotation = false
    pendingCrossings = 0
  }

  /// Takes a grant.
  mutating func grant(_ count: Int) { credits += count }
}
