// error: lifetime-dependent
import EtherFabric

func escape(_ domain: ProtectionDomain) throws -> Int {
  var kept = RawSpan()
  do {
    var receiver = try PackedStreamReceiver(domain)
    if var batch = receiver.receive(), let packet = batch.next() { kept = packet.bytes }
  }
  return kept.byteCount
}
