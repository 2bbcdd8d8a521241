// error: 'endpoint' used after consume
import EtherFabric

func copyEndpoint(_ endpoint: consuming Endpoint) {
  var other = endpoint
  _ = other.receive()
  _ = endpoint.receive()
}
