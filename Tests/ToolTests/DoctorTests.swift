import BuiltTool
import Foundation
import Testing

/// `efvi doctor`, over folders that look like hosts.
@Suite(.timeLimit(.minutes(1))) struct DoctorTests {
  /// A host's files, which go with the test.
  final class Host {
    let root = FileManager.default.temporaryDirectory.appending(path: "doctor-\(UUID().uuidString)")

    init() throws {
      try write("/proc/meminfo", "HugePages_Total:      64\nHugePages_Free:       60\nHugepagesize:       2048 kB\n")
      try write("/proc/self/limits", "Max locked memory         unlimited            unlimited            bytes\n")
      try write("/proc/self/status", "Name:\tx\nCapEff:\t000001ffffffffff\n")
      try write("/sys/devices/system/node/node0/cpulist", "0-3\n")
      try write("/sys/devices/system/cpu/isolated", "2-3\n")
      try write("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "performance\n")
    }

    deinit { try? FileManager.default.removeItem(at: root) }

    func write(_ path: String, _ text: String) throws {
      let file = root.appending(path: path)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
    }

    func card(_ name: String, _ vendor: String, _ device: String, driver: String?, node: Int = 1) throws {
      let folder = "/sys/class/net/\(name)"
      for (file, text) in [("mtu", "1500"), ("operstate", "up"), ("device/vendor", vendor), ("device/device", device)] {
        try write("\(folder)/\(file)", text + "\n")
      }
      try write("\(folder)/device/numa_node", "\(node)\n")
      if let driver {
        try FileManager.default.createSymbolicLink(
          atPath: root.appending(path: "\(folder)/device/driver").path, withDestinationPath: "/drivers/\(driver)")
      }
    }

    /// What the doctor finds, by name, and the devices.
    func examine() throws -> (findings: [String: [String: String]], devices: [String: String], text: String) {
      let run = try Tool.run("doctor", "--json", "--root", root.path)
      #expect(run.status == 0 && run.errors.isEmpty)
      let all = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
      var findings: [String: [String: String]] = [:]
      for finding in all["findings"] as? [[String: Any]] ?? [] {
        findings[finding["name"] as? String ?? ""] = finding.compactMapValues { $0 as? String }
      }
      var devices: [String: String] = [:]
      for device in all["devices"] as? [[String: String]] ?? [] { devices[device["device"] ?? ""] = device["gets"] }
      return (findings, devices, try Tool.run("doctor", "--root", root.path).output)
    }
  }

  @Test func aHostWithoutACardHasNotesAndNoFaults() throws {
    let host = try Host()
    try host.card("eth0", "0x8086", "0x1572", driver: "i40e")
    let (findings, devices, text) = try host.examine()
    #expect(findings.values.allSatisfy { $0["verdict"] != "fault" })
    #expect(findings["driver"]?["verdict"] == "note")
    #expect(devices["emu:afpacket:eth0"] != nil)
    #expect(devices["sfc:eth0"] == nil)
    #expect(text.contains("0 faults"))
    for name in ["huge_pages", "locked_memory", "governor", "isolated_cores", "capabilities", "numa"] {
      #expect(findings[name]?["verdict"] == "ok", "\(name)")
      #expect(findings[name]?["mend"] == nil, "\(name)")
    }
  }

  @Test func aCardWithoutItsSoftwareIsAFaultWithTheLineThatMendsIt() throws {
    let host = try Host()
    try host.card("enp1s0f0", "0x1924", "0x0b03", driver: nil)
    let (findings, devices, text) = try host.examine()
    #expect(findings["driver"]?["verdict"] == "fault")
    #expect(findings["driver"]?["mend"] == "modprobe sfc_char")
    #expect(findings["device_file"]?["mend"] == "modprobe sfc_char")
    #expect(findings["enp1s0f0"]?["mend"] == "modprobe sfc")
    #expect(findings["enp1s0f0"]?["found"]?.contains("X2 series (x2)") == true)
    #expect(findings["enp1s0f0"]?["found"]?.contains("NUMA node 1") == true)
    #expect(devices["sfc:enp1s0f0"]?.contains("once the faults above are mended") == true)
    #expect(text.contains("mend: modprobe sfc_char"))
  }

  @Test(arguments: [
    ("0x1924", "0x0a03", "8000"), ("0x1924", "0x0b03", "x2"), ("0x10ee", "0x5084", "x3"), ("0x1924", "0x0c03", "x4"),
  ])
  func eachCardIsKnownByItsNumbers(_ vendor: String, _ device: String, _ generation: String) throws {
    let host = try Host()
    try host.card("ens1", vendor, device, driver: generation == "x3" ? "xilinx_efct" : "sfc")
    let (findings, devices, _) = try host.examine()
    #expect(findings["ens1"]?["verdict"] == "ok")
    #expect(findings["ens1"]?["found"]?.contains("(\(generation))") == true)
    #expect((devices["sfc:ens1/express"] != nil) == (generation == "x4"))
    #expect((devices["sfc:ens1/phys"] != nil) == (generation != "x3"))
  }

  @Test func whatCostsSpeedIsNotedWithTheLineThatMendsIt() throws {
    let host = try Host()
    try host.write("/proc/meminfo", "HugePages_Total:       8\nHugePages_Free:        0\nHugepagesize:       2048 kB\n")
    try host.write("/proc/self/limits", "Max locked memory         65536                65536                bytes\n")
    try host.write("/proc/self/status", "CapEff:\t0000000000000000\n")
    try host.write("/sys/devices/system/cpu/isolated", "\n")
    try host.write("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n")
    try host.write("/sys/devices/system/node/node1/cpulist", "4-7\n")
    let (findings, _, _) = try host.examine()
    let mends = [
      "huge_pages": "sysctl vm.nr_hugepages=72", "locked_memory": "ulimit -l unlimited",
      "governor": "cpupower frequency-set -g performance",
      "capabilities": "setcap cap_net_admin,cap_net_raw,cap_ipc_lock+ep PROGRAM, or run as root",
    ]
    for (name, mend) in mends {
      #expect(findings[name]?["verdict"] == "note", "\(name)")
      #expect(findings[name]?["mend"] == mend, "\(name)")
    }
    #expect(findings["isolated_cores"]?["mend"]?.contains("isolcpus") == true)
    #expect(findings["numa"]?["found"]?.hasPrefix("2 nodes") == true)
  }

  @Test func theDeviceFileIsLookedAt() throws {
    let host = try Host()
    try host.card("ens1", "0x1924", "0x0b03", driver: "sfc")
    try host.write("/sys/module/sfc_char/version", "9.2.0\n")
    try host.write("/sys/module/onload/version", "9.2.0\n")
    try host.write("/dev/sfc_char", "")
    let (findings, _, _) = try host.examine()
    #expect(findings["device_file"]?["verdict"] == "ok")
    #expect(findings["device_file"]?["found"]?.contains("mode 644") == true)
    #expect(findings["driver"]?["verdict"] == "ok")
    #expect(findings["onload"]?["found"] == "version 9.2.0")
  }
}
