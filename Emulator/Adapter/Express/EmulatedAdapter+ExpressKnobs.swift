import EtherFabric
import EtherFabricFormats
import Glibc

/// The receive queues and streams of an X3 or X4 in the hands of a test. A queue that nobody is attached to is left
/// alone.
extension EmulatedAdapter {
  /// Leaves the superbuf in use, as if it were full.
  public func rollOver(queue: Int) {
    withQueue(queue) { state in
      if let posted = state.pointee.posted {
        state.leaveCurrent(posted, port.pointee.translation)
      } else {
        state.rollOver()
      }
    }
  }

  /// Keeps further superbufs from a queue: that in use is filled, and then frames are dropped. Or ends that.
  public func starve(queue: Int, _ isStarved: Bool = true) {
    withQueue(queue) { state in
      if isStarved { state.pointee.attention.insert(.starved) } else { state.pointee.attention.remove(.starved) }
    }
  }

  /// Writes the next frame of a queue without its metadata: it has begun to arrive. They follow with
  /// `releaseFrame(queue:)`, or before the next frame.
  public func holdNextFrame(queue: Int) { withQueue(queue) { $0.pointee.attention.insert(.hold) } }

  public func releaseFrame(queue: Int) { withQueue(queue) { $0.publishHeld() } }

  /// Makes the next `count` packets of an interface's stream fail with a reason, whatever is in them. The first stops
  /// the queue; each later one does so when it has been started again.
  public func failStreams(_ count: Int, reason: ExpressErrorReason, interface: UInt32) {
    port.withClaim {
      guard let express = port.pointee.interfaces[Int(interface)]?.pointee.express else { return }
      express.pointee.failingStreams = UInt32(count)
      express.pointee.failingReason = reason
    }
  }

  private func withQueue(_ queue: Int, _ body: (UnsafeMutablePointer<ReceiveQueueState>) -> Void) {
    precondition((0..<ExpressParameters.ownQueues).contains(queue), "there is no receive queue \(queue)")
    port.withClaim {
      guard let state = port.pointee.queues[queue] else { return }
      body(state)
    }
  }
}
