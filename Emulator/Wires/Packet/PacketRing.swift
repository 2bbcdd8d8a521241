import CLinuxShims
import EtherFabric
import Glibc

/// The shape of a receive ring: slots of equal size in blocks of whole pages.
struct PacketRingGeometry: Equatable {
  /// Bytes of a slot, a multiple of 64.
  let slotSize: Int
  let slotsPerBlock: Int
  /// Bytes of a block, a power of two and at least a page.
  let blockSize: Int
  let blocks: Int

  var slots: Int { slotsPerBlock * blocks }
  /// Bytes of the whole ring.
  var size: Int { blockSize * blocks }

  /// What the kernel and a VLAN tag put in front of a frame in its slot, in bytes, rounded up.
  static let headerRoom = 96

  /// - Parameters:
  ///   - slots: least number of slots.
  ///   - frame: largest frame that must fit into a slot, in bytes.
  init(slots: Int, frame: Int) {
    let slotSize = (frame + Self.headerRoom + 63) & ~63
    var blockSize = 65536
    while blockSize < slotSize { blockSize *= 2 }
    let perBlock = blockSize / slotSize
    self.slotSize = slotSize
    self.slotsPerBlock = perBlock
    self.blockSize = blockSize
    self.blocks = (slots + perBlock - 1) / perBlock
  }
}

/// A place in a ring that only moves forward, without a division.
struct PacketRingCursor {
  private(set) var slot: UnsafeMutableRawPointer
  private var block: UnsafeMutableRawPointer
  private var leftInBlock: Int
  private let base: UnsafeMutableRawPointer
  private let end: UnsafeMutableRawPointer
  private let slotSize: Int
  private let slotsPerBlock: Int
  private let blockSize: Int

  init(base: UnsafeMutableRawPointer, geometry: PacketRingGeometry) {
    slot = base
    block = base
    self.base = base
    end = base + geometry.size
    slotSize = geometry.slotSize
    slotsPerBlock = geometry.slotsPerBlock
    blockSize = geometry.blockSize
    leftInBlock = geometry.slotsPerBlock
  }

  /// Gives the slot back to the kernel and goes on to the next. True where that is the first again.
  @inline(__always)
  @discardableResult
  mutating func release() -> Bool {
    packet_slot_release(slot)
    leftInBlock &-= 1
    if leftInBlock != 0 {
      slot += slotSize
      return false
    }
    leftInBlock = slotsPerBlock
    block += blockSize
    if block == end { block = base }
    slot = block
    return block == base
  }
}
