import ArgumentParser
import EtherFabric

/// Ring sizes and memory of a virtual interface.
struct QueueOptions: ParsableArguments {
  @Option(
    name: .customLong("queue"),
    help: ArgumentHelp("Size of both rings: 512, 1024 or 2048, for receiving also 4096.", valueName: "entries"))
  var size = 512

  @Option(help: ArgumentHelp("Size of the receive ring, where it is another.", valueName: "entries"))
  var receiveQueue: Int?

  @Option(help: ArgumentHelp("Size of the transmit ring, where it is another.", valueName: "entries"))
  var transmitQueue: Int?

  @Option(help: "Memory of 2 MiB pages: never, preferred or required.")
  var hugePages: DMAMemory.HugePages = .never

  var receive: Int { receiveQueue ?? size }
  var transmit: Int { transmitQueue ?? min(size, 2048) }
}

extension DMAMemory.HugePages: ExpressibleByArgument {}
