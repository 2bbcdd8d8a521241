// error: overlapping accesses
import EtherFabric

func keep(_ receiver: inout PackedStreamReceiver) -> Int {
  guard var first = receiver.receive() else { return 0 }
  let second = receiver.receive() != nil
  guard let packet = first.next() else { return 0 }
  return second ? packet.capturedLength : 0
}
