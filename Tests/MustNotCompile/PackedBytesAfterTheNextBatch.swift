// error: overlapping accesses
import EtherFabric

func keep(_ receiver: inout PackedStreamReceiver) -> Int {
  guard var batch = receiver.receive(), let packet = batch.next() else { return 0 }
  let bytes = packet.bytes
  let isMore = receiver.receive() != nil
  return isMore ? bytes.byteCount : 0
}
