// swift-format-ignore-file: AlwaysUseLowerCamelCase, the names are those of C.

import CiulHeaders
import EtherFabric
import Glibc

@c @implementation
public func efct_vi_rxpkt_get(_ vi: UnsafeMutablePointer<ef_vi>!, _ packet: UInt32) -> UnsafeRawPointer! {
  within(vi, else: nil) { $0.pointee.packetIfOut(packet) }
}

@c @implementation
public func efct_vi_rxpkt_release(_ vi: UnsafeMutablePointer<ef_vi>!, _ packet: UInt32) {
  within(vi, else: ()) { interface in
    try? interface.pointee.release(packet: packet)
    interface.pointee.publishStreamCounters()
  }
}

@c @implementation
public func efct_vi_rx_future_peek(_ vi: UnsafeMutablePointer<ef_vi>!) -> UnsafeRawPointer! {
  within(vi, else: nil) { $0.pointee.peekFuture() }
}

@c @implementation
public func efct_vi_rx_future_poll(
  _ vi: UnsafeMutablePointer<ef_vi>!, _ events: UnsafeMutablePointer<ef_event>!, _ room: CInt
) -> CInt { pollFuture(vi, events, room) }

let pollFuture: @convention(c) (InterfacePointer?, UnsafeMutablePointer<ef_event>?, CInt) -> CInt = {
  vi, events, room in
  guard let events, room > 0 else { return invalid }
  return within(vi, else: invalid) { interface in
    let memory = UnsafeMutableRawPointer(events)
    let count = interface.pointee.pollFuture(
      into: UnsafeMutableBufferPointer(start: memory.assumingMemoryBound(to: Event.self), count: Int(room)))
    return EventWords.convert(memory, count: count)
  }
}

let receivePoll: @convention(c) (InterfacePointer?, UnsafeMutablePointer<ef_event>?, CInt) -> CInt = {
  vi, events, room in
  guard let events, room > 0 else { return invalid }
  return within(vi, else: invalid) { interface in
    let memory = UnsafeMutableRawPointer(events)
    do throws(QueueError) {
      let count = try interface.pointee.receivePoll(
        into: UnsafeMutableBufferPointer(start: memory.assumingMemoryBound(to: Event.self), count: Int(room)))
      interface.pointee.publishStreamCounters()
      return EventWords.convert(memory, count: count)
    } catch {
      return -error.errno
    }
  }
}
