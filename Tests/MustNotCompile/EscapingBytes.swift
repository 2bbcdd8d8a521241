// error: lifetime-dependent
import EtherFabric

func escape(_ endpoint: inout Endpoint) {
  var kept = RawSpan()
  if let frame = endpoint.receive() { kept = frame.bytes }
  print(kept.byteCount)
}
