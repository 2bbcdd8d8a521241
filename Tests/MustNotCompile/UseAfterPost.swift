// error: 'buffer' used after consume
import EtherFabric

func useAfterPost(_ endpoint: inout Endpoint) throws {
  guard let buffer = endpoint.allocate() else { return }
  try endpoint.post(buffer)
  print(buffer.count)
}
