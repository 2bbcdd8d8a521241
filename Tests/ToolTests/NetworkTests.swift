import BuiltTool
import Glibc
import NetworkLab
import Testing

@Suite(.timeLimit(.minutes(1)), .privateNetwork) struct NetworkTests {
  @Test(arguments: ["afpacket", "xdp"]) func twoProcessesTalkOverAPair(_ wire: String) throws {
    try Namespace.run {
      _ = try VethPair(kernelEnd: "k0", adapterEnd: "a0", address: "10.9.0.1")
      let sink = try Tool(
        "sink", "emu:\(wire):k0", "udp:10.8.0.2:5000", "--address", "10.8.0.2", "--count", "300", "--seconds", "20",
        "--verify", "--json")
      usleep(300_000)
      let send = try Tool.run(
        "send", "emu:\(wire):a0", "udp:10.8.0.2:5000", "--source", "10.8.0.1:4000", "--count", "300", "--rate", "3k",
        "--json")
      #expect(send.status == 0, "\(send.errors)")
      #expect(try JSON(send.output).number("sent", "completed") == 300)
      let received = try sink.wait()
      #expect(received.status == 0, "\(received.output)\(received.errors)")
      let json = try JSON(received.output)
      #expect(json.number("received", "delivered") == 300)
      // The question for the address.
      #expect(json.number("received", "answered") == 1)
      #expect(json.number("verify", "distinct") == 300)
    }
  }

  @Test(arguments: ["afpacket", "xdp"]) func theKernelReachesASinkWithAnAddress(_ wire: String) throws {
    try Namespace.run {
      let pair = try VethPair()
      let sink = try Tool(
        "sink", "emu:\(wire):a0", "udp:10.9.0.2:5000", "--address", "10.9.0.2", "--count", "2", "--seconds", "20",
        "--hex", "--quiet")
      usleep(300_000)
      let socket = try KernelUDPSocket()
      for text in ["first datagram", "second datagram"] {
        try socket.send(Array(text.utf8), to: HostEndpoint("10.9.0.2", 5000))
      }
      let run = try sink.wait()
      #expect(run.status == 0, "\(run.errors)")
      #expect(run.output.contains("frame 2, "))
      #expect(run.output.contains("delivered  2\n"))
      #expect(run.output.contains("answered   1\n"))
      #expect(pair.kernelEnd == "k0")
    }
  }

  @Test func theReceiveRingHasAsManySlotsAsAskedFor() throws {
    try Namespace.run {
      _ = try VethPair()
      for (option, slots) in [("", 1024...1200), (",slots=16384", 16384...16600)] {
        let info = try Tool.run("info", "emu:afpacket:a0\(option)")
        let printed = try #require(info.output.firstMatch(of: /TPACKET_V2, ([0-9]+) slots/)).1
        // Rounded up to whole blocks.
        #expect(slots.contains(try #require(Int(printed))), "\(info.output)")
      }
    }
  }

  @Test func infoPrintsWhatAnXDPWireObtained() throws {
    try Namespace.run {
      _ = try VethPair(queues: 2)
      for (options, attach) in [
        ("", "native, copy (zero-copy refused: EOPNOTSUPP)"), (",attach=generic,queues=1", "generic, copy"),
      ] {
        let run = try Tool.run("info", "emu:xdp:a0\(options)", "--json")
        #expect(run.status == 0, "\(run.errors)")
        let json = try JSON(run.output)
        #expect(json.text("configuration", "attach") == attach)
        let queues = options.isEmpty ? 2 : 1
        #expect(json.text("configuration", "queues") == "\(queues) of 2, sent on queue 0")
      }
    }
  }

  @Test func framesAreForwardedBetweenTwoPairs() throws {
    try Namespace.run {
      _ = try VethPair(kernelEnd: "k0", adapterEnd: "a0", address: "10.9.0.1")
      _ = try VethPair(kernelEnd: "k1", adapterEnd: "a1", address: "10.9.1.1")
      let forward = try Tool("forward", "emu:afpacket:a0", "emu:afpacket:a1", "--json")
      let sink = try Tool(
        "sink", "emu:afpacket:k1", "udp:10.8.0.2:5000", "--address", "10.8.0.2", "--count", "500", "--seconds", "20",
        "--verify", "--json")
      usleep(300_000)
      let send = try Tool.run(
        "send", "emu:afpacket:k0", "udp:10.8.0.2:5000", "--source", "10.8.0.1:4000", "--count", "500", "--rate", "5k",
        "--size", "1400")
      #expect(send.status == 0, "\(send.errors)")
      let received = try sink.wait()
      #expect(received.status == 0, "\(received.output)\(received.errors)")
      #expect(try JSON(received.output).number("verify", "distinct") == 500)
      forward.send(SIGINT)
      let run = try forward.wait()
      #expect(run.status == 0, "\(run.errors)")
      let json = try JSON(run.output)
      // The datagrams and the question one way, the answer the other.
      #expect(json.number("a_to_b", "received") == 501)
      #expect(json.number("a_to_b", "forwarded") == 501)
      #expect(json.number("a_to_b", "no_room") == 0)
      #expect(json.number("b_to_a", "forwarded") == 1)
      #expect(json.number("forwarded", "frames") == 502)
    }
  }
}
