// error: risks causing data races
import EtherFabric

func share(_ pool: PacketPool) {
  Task.detached { print(pool.available) }
  print(pool.available)
}
