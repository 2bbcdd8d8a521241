// error: 'buffer' used after consume
import EtherFabric

func copyBuffer(_ buffer: consuming PacketBuffer) {
  let other = buffer
  print(buffer.count, other.count)
}
