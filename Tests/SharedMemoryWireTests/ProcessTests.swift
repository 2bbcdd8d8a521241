import BuiltTool
import EmulatedAdapter
import EmulatedWires
import EtherFabric
import EtherFabricEmulator
import Glibc
import Testing

/// The other end is the built tool, in a process of its own.
@Suite("Shared memory between processes", .serialized, .timeLimit(.minutes(2))) struct ProcessTests {
  enum Order: CaseIterable { case senderFirst, receiverFirst }

  @Test(arguments: Order.allCases) func oneSendsAndTheOtherReceives(_ order: Order) throws {
    let name = freshName()
    let receive = [
      "sink", "emu:shm:\(name)/1", "udp:192.0.2.2:5000", "--address", "192.0.2.2", "--count", "300", "--seconds", "20",
      "--verify", "--json",
    ]
    // It asks for the address until there is an answer.
    let send = [
      "send", "emu:shm:\(name)/0", "udp:192.0.2.2:5000", "--source", "192.0.2.1:4000", "--count", "300", "--rate", "3k",
      "--json",
    ]
    let first = try Tool(order == .senderFirst ? send : receive)
    usleep(order == .senderFirst ? 200_000 : 600_000)
    let second = try Tool(order == .senderFirst ? receive : send)
    let (sender, receiver) = order == .senderFirst ? (first, second) : (second, first)
    let sent = try sender.wait()
    let received = try receiver.wait()
    #expect(sent.status == 0, "\(sent.errors)")
    #expect(received.status == 0, "\(received.errors)")
    #expect(try JSON(sent.output).number("sent", "completed") == 300)
    #expect(try JSON(received.output).number("verify", "distinct") == 300)
  }

  @Test func latencyBetweenTwo() throws {
    let name = freshName()
    let pong = try Tool("latency", "emu:shm:\(name)/1", "--role", "pong")
    let ping = try Tool.run(
      "latency", "emu:shm:\(name)/0", "--role", "ping", "--sizes", "0,64,1400", "--miniter", "100", "--minms", "50",
      "--maxiter", "2000")
    #expect(ping.status == 0, "\(ping.errors)")
    #expect(ping.output.contains(" 0 lost, 0 damaged"), "\(ping.output)")
    pong.send(SIGINT)
    #expect(try pong.wait().output.contains("# echoed: "))
  }

  @Test func aThirdIsRefusedWithTheReason() throws {
    let name = freshName()
    let wire = try SharedMemoryWire(name: name, port: 0)
    let run = try Tool.run("info", "emu:shm:\(name)/0")
    #expect(run.status == 1)
    #expect(run.errors.contains("EBUSY") && run.errors.contains("process \(getpid())"), "\(run.errors)")
    withExtendedLifetime(wire) {}
  }

  @Test func theOtherEndIsKilledAtAnyMomentAndAnotherTakesItsPlace() throws {
    let name = freshName()
    let before = Traces.now()
    do {
      var station = try Station("emu:shm:\(name)/0")
      var random = Xorshift(state: UInt64(getpid()) << 20 | 1)
      for round in 0..<12 {
        let child = try Tool(
          "send", "emu:shm:\(name)/1", "udp:192.0.2.2:5000", "--mac", "\(station.mac)", "--count", "1G", "--size",
          "\(round % 2 == 0 ? 8 : 900)")
        let start = station.received
        // Frames flow, each by itself.
        #expect(
          try eventually(.seconds(10)) {
            try station.work()
            return station.received > start + 100
          }, "round \(round)")
        let isUp = station.isLinkUp
        #expect(isUp)
        let until = ContinuousClock.now + .microseconds(Int(random.next() % 100_000))
        while ContinuousClock.now < until { try station.work() }
        child.send(SIGKILL)
        #expect(try child.wait().status == 128 + SIGKILL)
        let isStillUp = station.isLinkUp
        #expect(!isStillUp)
        #expect(
          try eventually {
            try station.work()
            return station.isQuiet
          })
      }
      try station.settle()
    }
    #expect(Traces.sockets(named: name) == 0)
    #expect(Traces.now().hasNothingMore(than: before))
  }

  @Test func nothingIsLeftWhenBothAreKilled() throws {
    let name = freshName()
    let before = Traces.now()
    for _ in 0..<4 {
      let receiver = try Tool("sink", "emu:shm:\(name)/1", "--seconds", "60", "--spin")
      let sender = try Tool(
        "send", "emu:shm:\(name)/0", "udp:192.0.2.2:5000", "--mac", "02:00:00:00:00:01", "--count", "1G")
      #expect(eventually(.seconds(10)) { Traces.sockets(named: name) >= 3 })
      usleep(100_000)
      sender.send(SIGKILL)
      receiver.send(SIGKILL)
      _ = try sender.wait()
      _ = try receiver.wait()
    }
    #expect(Traces.sockets(named: name) == 0)
    #expect(Traces.now().hasNothingMore(than: before))
  }

  @Test func theReceiverStopsForASecondAndNoFrameIsUncounted() throws {
    let name = freshName()
    let wire = try SharedMemoryWire(name: name, port: 0)
    let sink = try Tool("sink", "emu:shm:\(name)/1", "--seconds", "60", "--json")
    #expect(eventually(.seconds(10)) { wire.isLinkUp && wire.send(frame(0)) == .sent })
    var sent = 1
    var refused = 0
    func flood(_ time: Duration) {
      let end = ContinuousClock.now + time
      while ContinuousClock.now < end {
        switch wire.send(frame(sent, length: 200)) {
        case .sent: sent += 1
        case nil: refused += 1
        default: Issue.record("the link went down")
        }
      }
    }
    flood(.milliseconds(300))
    sink.send(SIGSTOP)
    flood(.milliseconds(1000))
    #expect(refused > 1000)
    let stuck = sent
    flood(.milliseconds(10))
    #expect(sent <= stuck + 1)
    sink.send(SIGCONT)
    #expect(
      eventually {
        flood(.milliseconds(10))
        return sent > stuck + 10_000
      })
    #expect(wire.counters().transmitDropped == UInt64(refused))
    // All is read when the ring has its whole room again: 2048 frames of four lines.
    usleep(500_000)
    sink.send(SIGINT)
    let totals = try JSON(try sink.wait().output)
    let names = totals.names("receive_port").filter { $0.hasPrefix("rx_") && $0 != "rx_packets" && $0 != "rx_bytes" }
    #expect(totals.number("receive_port", "rx_packets") == sent)
    #expect(names.reduce(0) { $0 + (totals.number("receive_port", $1) ?? 0) } == sent, "\(names)")
  }

  @Test func aSleepingProgramIsWoken() throws {
    let name = freshName()
    let driver = try Driver.open("emu:shm:\(name)/0")
    let domain = try driver.allocateProtectionDomain()
    var endpoint = try Endpoint(domain, pool: try PacketPool(domain, count: 256))
    try endpoint.addFilter(.unicastAll)
    let child = try Tool(
      "send", "emu:shm:\(name)/1", "udp:192.0.2.2:5000", "--mac", "\(driver.identity.macAddress)", "--count", "1G",
      "--rate", "20")
    var got = 0
    let end = ContinuousClock.now + .seconds(8)
    while got < 20, ContinuousClock.now < end {
      guard try endpoint.wait(timeout: .seconds(5)) else { continue }
      while let frame = endpoint.receive() {
        got += 1
        frame.release()
      }
    }
    #expect(got >= 20)
    child.send(SIGKILL)
    // It is told that nobody is there any more, and then sleeps on.
    _ = try child.wait()
    _ = try endpoint.wait(timeout: .milliseconds(50))
    let start = ContinuousClock.now
    #expect(try !endpoint.wait(timeout: .milliseconds(200)))
    #expect(ContinuousClock.now - start >= .milliseconds(190))
    #expect(!driver.isLinkUp)
  }
}
