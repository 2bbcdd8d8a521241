import ArgumentParser
import EtherFabric
import Glibc

/// The tool. To add a command: a folder of its own, and its type here in `subcommands`.
@main struct Efvi: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "efvi",
    abstract: "Looks at, feeds and drains network adapters through ef_vi virtual interfaces.",
    discussion: """
      DEVICES
        emu:cable:0                two ports of this process, back to back: 0 and 1
        emu:afpacket:eth0          a network interface, by packet socket
        emu:xdp:eth0               a network interface, by XDP socket
        sfc:enp1s0f0               a card, in builds with Onload's headers
        emu:pcap:FILE              a capture file, replayed
        emu:cable:0,nic=8000,...   options: mtu=9000, steal=on, drop=1%, ...

      Emulated devices say nothing about hardware: their figures are labelled 'emulated'.

      EXAMPLES
        efvi info emu:cable:0
        efvi send emu:cable:0 udp:192.0.2.2:5000 --count 1k --and-sink emu:cable:1
        efvi sink emu:afpacket:eth0 udp:192.0.2.1:5000 --address 192.0.2.1
        efvi capture emu:afpacket:eth0 --write frames.pcap --count 100
        efvi stats emu:afpacket:eth0 --interval 1
        efvi run --veth a,b -- ./program a    (a C program that uses ef_vi)

      \(ExitStatus.help)
      """,
    subcommands: [
      InfoCommand.self,
      DoctorCommand.self,
      SendCommand.self,
      SinkCommand.self,
      ForwardCommand.self,
      CaptureCommand.self,
      LatencyCommand.self,
      RSSCommand.self,
      StatsCommand.self,
      RunCommand.self,
      DemoCommand.self,
    ])

  static func main() {
    Interruption.install()
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let error as EtherFabricError {
      Output.failure(error)
      exit(withError: ExitStatus.failure)
    } catch {
      exit(withError: error)
    }
  }
}
