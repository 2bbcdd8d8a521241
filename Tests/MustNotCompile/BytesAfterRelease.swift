// error: cannot be consumed when
import EtherFabric

func bytesAfterRelease(_ endpoint: inout Endpoint) {
  guard let frame = endpoint.receive() else { return }
  let bytes = frame.bytes
  frame.release()
  print(bytes.byteCount)
}
