// error: 'buffer' used after consume
import EtherFabric

func useAfterTransmit(_ endpoint: inout Endpoint) throws {
  guard var buffer = endpoint.allocate() else { return }
  try endpoint.transmit(buffer)
  buffer.count = 60
}
