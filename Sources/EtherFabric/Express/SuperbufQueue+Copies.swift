import EtherFabricFormats
import Glibc

extension UnsafeMutablePointer where Pointee == ExpressState {
  /// The interface goes: frames that are out are to stay as they are.
  func keepFrames() {
    for index in 0..<pointee.queueCount { pointee.queues[index].keepFrames() }
  }
}

extension UnsafeMutablePointer where Pointee == SuperbufQueue {
  /// Moves the frames that are out to memory of their own, at the same distances: the driver of an EFCT takes the
  /// superbufs back with the interface, and other programs' frames come into them. Where there is no memory they stay.
  func keepFrames() {
    guard pointee.shared != nil, pointee.framesOut > 0, pointee.copies == nil else { return }
    let bytes = pointee.superbufCount * SuperbufLayout.size
    let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let memory, memory != MAP_FAILED else { return }
    for superbuf in 0..<pointee.superbufCount where pointee.superbufs[superbuf].references > 0 {
      let first = superbuf * SuperbufLayout.slots
      for frame in first..<first + SuperbufLayout.slots where pointee.core.pointee.lengths[frame] != 0 {
        let offset = frame * SuperbufLayout.slotSize
        (memory + offset).copyMemory(from: pointee.base + offset, byteCount: SuperbufLayout.slotSize)
      }
    }
    pointee.copies = memory
    pointee.base = memory
    pointee.core.pointee.base = memory
  }
}
