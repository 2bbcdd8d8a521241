import CLinuxShims

/// Another socket takes the place of the first one, with its descriptor.
extension XDPState {
  /// Works with the rings of a socket from now on. What the one before had not sent is lost.
  mutating func replaceRings(_ socket: XDPSocket) {
    guard var next = socket.makeSender() else { return }
    next.stamps = sender.stamps
    next.isSingle = sender.isSingle
    next.lost = sender.lost
    sender.deallocate()
    sender = next
    queues.pointee = socket.makeQueue()
    queue = queues
    takenInTurn = 0
    watch.follow(socket.number)
  }
}
