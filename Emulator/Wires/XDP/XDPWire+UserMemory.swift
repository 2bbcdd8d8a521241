import CLinuxShims
import EmulatedAdapter
import EtherFabric
import Glibc
import Synchronization

/// How the wire comes to receive into the user's memory, and back. The socket is another then, with the descriptor of the
/// one before: closing that one takes back every buffer that the kernel has. All of it is done by whoever holds the port.
extension XDPWire {
  public var takesUserMemory: Bool { options.memory == .user }

  public func holdFrames() {
    guard takesUserMemory else { return }
    steering.withLock { $0.disconnect(0) }
  }

  public func takeFrames() {
    guard takesUserMemory else { return }
    let socket = sockets.withLock { $0[0] }
    try? steering.withLock { steering throws(EtherFabricError) in try steering.connect(socket, interface.name) }
  }

  public func adopt(_ memory: UserMemory) throws(UserMemoryRefusal) {
    let before = sockets.withLock { $0 }
    guard before.count == 1 else { throw .severalQueues }
    guard !before[0].isZerocopy else { throw .driverWrites }
    let layout = XDPMemoryLayout(memory, transmitSlots: options.transmitSlots)
    let frames = try XDPMemory(layout, user: memory)
    let socket: XDPSocket
    do throws(EtherFabricError) {
      socket = try XDPSocket(queue: 0, memory: frames, name: interface.name)
    } catch {
      throw .kernel(step: "take the memory", errno: error.errno)
    }
    // A time in front of a frame would lie in the buffer before.
    let status = steering.withLock { $0.stamp(false) }
    guard status == 0 else { throw .kernel(step: "load a program", errno: status) }
    state.pointee.readsStamps = false
    forgetInPlace()
    do throws(EtherFabricError) {
      try replaceSocket(with: socket)
    } catch {
      relinquish(.kernel(step: "bind the memory", errno: error.errno))
      throw .kernel(step: "bind the memory", errno: error.errno)
    }
    let inPlace = UnsafeMutablePointer<XDPInPlace>.allocate(capacity: 1)
    inPlace.initialize(to: XDPInPlace(memory, layout))
    state.pointee.inPlace = inPlace
    words.withLock { $0 = "\(memory.byteCount) bytes, frames of at most \(memory.room) where they are posted" }
  }

  public func relinquish(_ reason: UserMemoryRefusal) {
    guard takesUserMemory else { return }
    words.withLock { $0 = "not in use: \(reason.words)" }
    let isUsers = sockets.withLock { $0[0].layout.userSize > 0 }
    guard isUsers else { return }
    forgetInPlace()
    do throws(EtherFabricError) {
      try replaceSocket(with: try XDPSocket(queue: 0, layout: ownLayout, name: interface.name))
      let wanted = state.pointee.wantsStamps
      state.pointee.readsStamps = steering.withLock { $0.stamp(wanted) } == 0 && wanted
    } catch {
      words.withLock { $0 = "\(reason.words); nothing is received any more: \(error.reason)" }
    }
  }

  private func forgetInPlace() {
    state.pointee.hasFrame = false
    state.pointee.holdsEntry = false
    state.pointee.inPlace?.pointee.deallocate()
    state.pointee.inPlace?.deallocate()
    state.pointee.inPlace = nil
  }

  private func replaceSocket(with socket: XDPSocket) throws(EtherFabricError) {
    _ = operations.transmitFlush(operations.context)
    let before = sockets.withLock { $0[0] }
    state.pointee.retire(before.number)
    try socket.takePlace(of: before)
    state.pointee.replaceRings(socket)
    defer { sockets.withLock { $0[0] = socket } }
    try socket.bind(interface, zerocopy: false, needWakeup: options.needWakeup)
    state.pointee.sendsPieces = socket.takesMultiBuffer
  }
}
