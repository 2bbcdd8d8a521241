/// All that `efvi doctor` finds.
struct Examination {
  let findings: [Finding]
  let prospects: [Prospect]

  init(_ files: HostFiles) {
    let interfaces = HostInterface.all(files)
    let hasCards = interfaces.contains { $0.card != nil }
    let software = SoftwareChecks(files: files, hasCards: hasCards)
    let host = HostChecks(files: files, hasCards: hasCards)
    findings =
      [software.backend, software.library, software.onload, software.driver, software.deviceFile]
      + interfaces.map(\.finding)
      + [host.hugePages, host.lockedMemory, host.nodes, host.governor, host.isolatedCores, host.capabilities]
    prospects =
      interfaces.flatMap { $0.prospects(isReady: software.isReady) }
      + [Prospect(device: "emu:cable:0", gets: "an emulated x2 in this process, with its peer at emu:cable:1")]
  }

  var text: String {
    let width = findings.map(\.name.count).max() ?? 0
    var text = "host\n"
    for finding in findings {
      let name = finding.name + String(repeating: " ", count: width - finding.name.count)
      let verdict = finding.verdict.rawValue + String(repeating: " ", count: 5 - finding.verdict.rawValue.count)
      text += "  \(verdict)  \(name)  \(finding.found)\n"
      if !finding.mend.isEmpty { text += "  " + String(repeating: " ", count: width + 9) + "mend: \(finding.mend)\n" }
    }
    text += "devices\n"
    let deviceWidth = prospects.map(\.device.count).max() ?? 0
    for prospect in prospects {
      text +=
        "  \(prospect.device)\(String(repeating: " ", count: deviceWidth - prospect.device.count + 2))\(prospect.gets)\n"
    }
    let faults = findings.count { $0.verdict == .fault }
    let notes = findings.count { $0.verdict == .note }
    return text + "\(faults) \(faults == 1 ? "fault" : "faults"), \(notes) \(notes == 1 ? "note" : "notes")\n"
  }

  /// One object: findings and devices, each a list.
  var json: String {
    let found = findings.map { finding in
      JSONValue.object([
        ("name", .text(finding.name)), ("verdict", .text(finding.verdict.rawValue)), ("found", .text(finding.found)),
        ("mend", finding.mend.isEmpty ? .null : .text(finding.mend)),
      ])
    }
    let devices = prospects.map { JSONValue.object([("device", .text($0.device)), ("gets", .text($0.gets))]) }
    return JSONValue.object([("findings", .list(found)), ("devices", .list(devices))]).text + "\n"
  }
}
