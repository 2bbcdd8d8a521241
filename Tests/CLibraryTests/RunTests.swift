import Compilers
import Foundation
import NetworkLab
import Testing

/// `efvi run`, and programs over interfaces of the kernel.
@Suite struct RunTests {
  private func run(_ arguments: [String]) throws -> Command.Outcome {
    try Command.run(
      "/usr/bin/env", ["-u", "LD_LIBRARY_PATH", "timeout", "-s", "KILL", "120", Library.tool, "run"] + arguments)
  }

  @Test func theStatusIsTheProgramsAndTheReportComesBehindItsOutput() throws {
    let pair = try Program("pair")
    let ran = try run(["--stats", "--device", "emu:cable", "--", pair.file])
    #expect(ran.status == 0)
    #expect(ran.output.hasPrefix("1000 frames\nwhat the adapters saw (emulated)\nprocess "), "\(ran.output)")
    #expect(ran.output.contains(" pair, emu:cable:0,nic=x2"))
    #expect(ran.output.contains(/rx_delivered +1000\n/))
    #expect(try run(["--", "sh", "-c", "exit 7"]).status == 7)
    #expect(try run(["--", "sh", "-c", "kill -9 $$"]).status == 137)
    #expect(try run(["--", "/no/such/program"]).status == 127)
  }

  @Test func theReportTellsOfProcessesThatASignalEnded() throws {
    let sink = try Program("sink")
    let script = "\(sink.file) 0 239.1.2.3 5000 1 & sleep 1; kill -9 $!; wait $!; exit 0"
    let ran = try run(["--stats", "--device", "emu:cable", "--", "sh", "-c", script])
    #expect(ran.status == 0)
    #expect(ran.output.contains(/process \d+ sink, emu:cable:0,/), "\(ran.output)")
    #expect(ran.output.contains("\nport (emulated)\n"))
  }

  @Test func theProgramFindsTheLibraryAndTheDevice() throws {
    let ran = try run(["--device", "emu:cable?nic=x3", "sh", "-c", "echo $EFVI_DEVICE; ls $LD_LIBRARY_PATH"])
    #expect(ran.output == "emu:cable?nic=x3\nlibciul.so\nlibciul.so.1\n")
    #expect(!FileManager.default.fileExists(atPath: "/tmp/libciul.so.1"))
  }

  @Test(arguments: [[], ["--"], ["--veth", "a", "--", "true"], ["--veth", "a,b,c", "--", "true"]])
  func wrongUsageIsRefused(_ arguments: [String]) throws {
    #expect(try run(arguments).status == 64)
  }

  @Test(.enabled(if: Namespace.isAvailable, Comment(rawValue: Namespace.unavailableReason ?? "")))
  func nothingIsLeftOfAPrivateNetwork() throws {
    let before = InterfaceState.names
    let ran = try run(["--veth", "left0,right0", "--", "ls", "/sys/class/net"])
    #expect(ran.status == 0)
    #expect(InterfaceState.names == before)
  }

  static let nics = ["x2", "x3", "x4-express"]

  @Test(.enabled(if: Namespace.isAvailable, Comment(rawValue: Namespace.unavailableReason ?? "")), arguments: nics)
  func aSinkReceivesWhatASenderSendsFromAnotherNamespace(_ nic: String) throws {
    let (send, sink) = (try Program("send"), try Program("sink"))
    // The far end is in a namespace of its own, as on another host.
    let script = """
      unshare --net sleep 30 > /dev/null 2>&1 & far=$!
      while [ "$(readlink /proc/$far/ns/net)" = "$(readlink /proc/$$/ns/net)" ]; do sleep 0.1; done
      ip link set dev b netns $far
      nsenter --target $far --net sh -c 'ip link set dev b up; exec \(sink.file) b 239.1.2.3 5000 500' & sink=$!
      sleep 1
      \(send.file) a 239.1.2.3 5000 500; sent=$?
      wait $sink; received=$?
      kill -KILL $far
      [ $sent = 0 ] && exit $received
      exit 2
      """
    let ran = try run(["--veth", "a,b", "--device", "emu:afpacket?nic=\(nic)", "--", "sh", "-c", script])
    #expect(ran.status == 0 && ran.output.contains("received 500, 0 wrong\n"), "\(ran.output)")
  }

  /// The ends of the pair have the names that the programs ask for.
  @Test(
    .enabled(if: Namespace.isAvailable, Comment(rawValue: Namespace.unavailableReason ?? "")),
    arguments: CableTests.cases.filter { $0.program != "questions" })
  func programsOfACableRunOverAVethPairUnchanged(_ row: CableTests.Case) throws {
    let device = try #require(row.devices.first).replacing("emu:cable", with: "emu:afpacket")
    let program = try Program(row.program)
    let ran = try run(["--veth", "0,1", "--device", device, "--", program.file] + row.arguments)
    #expect(ran.status == 0 && ran.output == row.output, "\(device): \(ran.output)")
  }

  /// As many frames as the forwarder has buffers for, whenever it gets to run.
  @Test(.enabled(if: Namespace.isAvailable, Comment(rawValue: Namespace.unavailableReason ?? "")))
  func aForwarderPassesFramesFromOnePairToAnother() throws {
    let (send, sink, forward) = (try Program("send"), try Program("sink"), try Program("forward"))
    let script = """
      \(sink.file) d 239.1.2.3 2000 200 & sink=$!
      \(forward.file) b c 239.1.2.3 2000 200 & forward=$!
      sleep 1
      \(send.file) a 239.1.2.3 2000 200 || exit 2
      wait $forward || exit 3
      wait $sink
      """
    let ran = try run(["--veth", "a,b", "--veth", "c,d", "--", "sh", "-c", script])
    #expect(ran.status == 0 && ran.output.contains("received 200, 0 wrong\n"), "\(ran.output)")
    #expect(ran.output.contains("forwarded 200\n"))
  }
}
