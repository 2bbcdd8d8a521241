import EmulatedAdapter
import EtherFabric
import EtherFabricFormats
import Testing

/// A program that reads an X3 queue by hand, and gives superbufs back as soon as it has read them.
final class SharedReader {
  struct Taken: Equatable {
    var superbuf: Int
    var sentinel: UInt8
    var sequence: UInt32
  }

  struct Frame {
    var bytes: [UInt8]
    var metadata: FrameMetadata
    var slot: Int
    var sequence: UInt32
  }

  let queue: ReceiveQueueGrant
  let area: UnsafeMutableRawPointer
  private let superbufs: UnsafeMutableRawPointer
  /// Every superbuf that was handed over.
  private(set) var taken: [Taken] = []
  private(set) var read = 0
  /// Superbufs that did not follow the one before.
  private(set) var gaps = 0
  private(set) var rollovers = 0
  private var current: Taken?
  private var slot = 0
  /// Whether the frame of the slot in front is worth reading: not so in front of the first, and after a rollover.
  private var isFresh = true

  init(_ queue: ReceiveQueueGrant) throws {
    self.queue = queue
    area = try #require(queue.shared)
    superbufs = try #require(queue.superbufs)
  }

  /// A 32-bit field of the shared area.
  func word(_ offset: Int) -> UInt32 { area.load(fromByteOffset: offset, as: UInt32.self) }

  private func next() -> Taken? {
    let removed = word(132)
    guard word(128) != removed else { return nil }
    let entry = area.load(fromByteOffset: Int(removed % 16) * 8, as: UInt64.self)
    area.storeBytes(of: removed + 1, toByteOffset: 132, as: UInt32.self)
    let new = Taken(
      superbuf: Int(entry & 0xffff), sentinel: UInt8(truncatingIfNeeded: entry >> 16),
      sequence: UInt32(truncatingIfNeeded: entry >> 32))
    taken.append(new)
    return new
  }

  private func giveBack(_ superbuf: Int) {
    let added = word(168)
    area.storeBytes(of: UInt16(superbuf), toByteOffset: 136 + Int(added % 16) * 2, as: UInt16.self)
    area.storeBytes(of: added + 1, toByteOffset: 168, as: UInt32.self)
  }

  private func base(_ taken: Taken) -> UnsafeRawPointer { UnsafeRawPointer(superbufs + taken.superbuf << 20) }

  /// All frames that are complete. `slot` is the slot whose metadata come next.
  func frames() -> [Frame] {
    var frames: [Frame] = []
    while true {
      guard let now = current else {
        guard let new = next() else { return frames }
        (current, slot, isFresh) = (new, 1, false)
        continue
      }
      guard slot == 512 else {
        let metadata = Slot(base(now), slot).metadata
        guard metadata.sentinel == (now.sentinel == 1) else { return frames }
        if metadata.rollover {
          rollovers += 1
          giveBack(now.superbuf)
          current = nil
        } else {
          frames.append(frame(Slot(base(now), slot - 1), metadata, now, slot - 1))
          slot += 1
        }
        continue
      }
      // The metadata of the last frame stand in the next superbuf, if that follows.
      guard let new = pending ?? next() else { return frames }
      pending = new
      guard new.sequence == now.sequence &+ 1 else {
        gaps += 1
        giveBack(now.superbuf)
        (pending, current, slot) = (nil, new, 1)
        continue
      }
      let metadata = Slot(base(new), 0).metadata
      guard metadata.sentinel == (new.sentinel == 1) else { return frames }
      if metadata.rollover {
        rollovers += 1
      } else {
        frames.append(frame(Slot(base(now), 511), metadata, now, 511))
      }
      giveBack(now.superbuf)
      (pending, current, slot) = (nil, new, 1)
    }
  }

  private var pending: Taken?

  private func frame(_ slot: Slot, _ metadata: FrameMetadata, _ taken: Taken, _ index: Int) -> Frame {
    read += 1
    return Frame(bytes: slot.bytes(metadata.length), metadata: metadata, slot: index, sequence: taken.sequence)
  }

}
