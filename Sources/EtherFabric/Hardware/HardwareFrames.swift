import CEtherFabric
import EtherFabricFormats
import Glibc

/// The frames of one receive queue of an interface over libciul: which are out, and where they are. libciul neither
/// checks what is released nor keeps what outlives the interface; this does. It outlives its interface while frames are
/// out.
///
/// Frames are numbered as in `SuperbufQueue`, and lie in memory in this order.
@usableFromInline
struct HardwareFrames {
  /// Nil once the interface has gone.
  var interface: UnsafeMutablePointer<ef_vi>?
  /// The queue's part of a packet id.
  let packetBase: UInt32
  /// `lengths` tells for every frame whether it is out: its bytes and what is before them, or 0.
  let core: UnsafeMutablePointer<PoolCore>
  /// Frames of the owning level that are out.
  var framesOut = 0
  /// Above every frame that was out.
  var end = 0
  /// Where frames that outlive the interface have been copied to, and its length in bytes.
  var copies: UnsafeMutableRawPointer?
  var copiesLength = 0

  static var count: Int { SuperbufLayout.maximumSuperbufs * SuperbufLayout.slots }
}

extension UnsafeMutablePointer where Pointee == HardwareFrames {
  static func make(_ interface: UnsafeMutablePointer<ef_vi>, queue: Int) -> Self {
    let core = UnsafeMutablePointer<PoolCore>.allocate(capacity: 1)
    core.initialize(to: PoolCore(superbufs: UnsafeMutableRawPointer(interface), count: HardwareFrames.count))
    let frames = Self.allocate(capacity: 1)
    frames.initialize(
      to: HardwareFrames(
        interface: interface, packetBase: PacketID(queue: queue, superbuf: 0, slot: 0).word, core: core))
    core.pointee.hardware = frames
    return frames
  }

  /// Takes note of a frame that libciul handed out.
  @inline(__always)
  func note(_ packet: PacketID, bytes: Int, _ interface: UnsafeMutablePointer<ef_vi>) {
    let frame = packet.frame
    if pointee.end <= frame {
      pointee.end = frame &+ 1
      let first = UnsafeMutableRawPointer(mutating: ciul_efct_vi_rxpkt_get(interface, packet.word)!)
      pointee.core.pointee.base = first - SuperbufLayout.dataOffset - frame * SuperbufLayout.slotSize
    }
    pointee.core.pointee.lengths[frame] = UInt32(truncatingIfNeeded: bytes &+ SuperbufLayout.dataOffset)
    pointee.core.pointee.links[frame] = .max
  }

  /// The first byte of a frame that is out.
  @inline(__always)
  func bytes(of frame: Int) -> UnsafeRawPointer {
    UnsafeRawPointer(pointee.core.pointee.base + frame * SuperbufLayout.slotSize + SuperbufLayout.dataOffset)
  }

  func packet(of frame: Int) -> UInt32 {
    pointee.packetBase
      | PacketID(queue: 0, superbuf: superbufNumber(of: frame), slot: slotNumber(of: frame)).word
  }

  @inline(__always)
  func release(_ frame: Int) {
    pointee.core.pointee.lengths[frame] = 0
    if let interface = pointee.interface { ciul_efct_vi_rxpkt_release(interface, packet(of: frame)) }
  }

  /// Lets go of a frame of the owning level, which may be the last one of an interface that has gone.
  func releaseOwned(_ frame: Int) {
    release(frame)
    pointee.framesOut &-= 1
    if pointee.framesOut == 0, pointee.interface == nil { destroy() }
  }

  /// Moves the frames that are out to memory of their own, at the same distances. Where there is no memory the process
  /// cannot go on with them.
  func keepFrames() {
    guard pointee.interface != nil else { return }
    pointee.interface = nil
    guard pointee.framesOut > 0 else { return }
    let bytes = pointee.end * SuperbufLayout.slotSize
    let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let memory, memory != MAP_FAILED else { fatalError("no memory for frames that outlive their interface") }
    for frame in 0..<pointee.end where pointee.core.pointee.lengths[frame] != 0 {
      let offset = frame * SuperbufLayout.slotSize + SuperbufLayout.dataOffset
      (memory + offset).copyMemory(
        from: pointee.core.pointee.base + offset,
        byteCount: Int(pointee.core.pointee.lengths[frame]) - SuperbufLayout.dataOffset)
    }
    pointee.copies = memory
    pointee.copiesLength = bytes
    pointee.core.pointee.base = memory
  }

  /// The interface has gone.
  func abandon() {
    pointee.interface = nil
    pointee.core.pointee.copies = nil
    if pointee.framesOut == 0 { destroy() }
  }

  private func destroy() {
    if let copies = pointee.copies { munmap(copies, pointee.copiesLength) }
    pointee.core.destroySuperbufs()
    deinitialize(count: 1)
    deallocate()
  }
}

extension UnsafeMutablePointer where Pointee == HardwareState {
  /// The frames of a packet's queue, and the packet's number there; nil where it is not out.
  @inline(__always)
  func find(_ id: UInt32) -> (UnsafeMutablePointer<HardwareFrames>, Int)? {
    let packet = PacketID(word: id)
    guard id >> 30 == 0, packet.slot < SuperbufLayout.slots, let frames = pointee.frames[packet.queue],
      frames.pointee.core.pointee.lengths[packet.frame] != 0
    else { return nil }
    return (frames, packet.frame)
  }

  @inline(__always)
  func note(_ id: UInt32, bytes: Int) {
    let packet = PacketID(word: id)
    let frames: UnsafeMutablePointer<HardwareFrames>
    if let known = pointee.frames[packet.queue] {
      frames = known
    } else {
      frames = .make(pointee.interface, queue: packet.queue)
      pointee.frames[packet.queue] = frames
    }
    frames.note(packet, bytes: bytes, pointee.interface)
  }
}
