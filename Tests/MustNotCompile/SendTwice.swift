// error: 'buffer' consumed more than once
import EtherFabric

func sendTwice(_ endpoint: inout Endpoint) throws {
  guard let buffer = endpoint.allocate() else { return }
  try endpoint.transmit(buffer)
  try endpoint.transmit(buffer)
}
