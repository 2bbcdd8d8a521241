import Compilers
import Testing

/// Programs whose two ends are the ports of a cable, in one process.
@Suite struct CableTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var program: String
    var devices: [String]
    var arguments: [String] = []
    var output: String
    var testDescription: String { program }

    init(_ program: String, _ nics: [String], _ arguments: [String] = [], writes output: String) {
      self.program = program
      devices = nics.map { "emu:cable?nic=\($0)" }
      self.arguments = arguments
      self.output = output
    }
  }

  static let cases = [
    Case("pair", ["x2", "8000", "x4"], writes: "1000 frames\n"),
    Case("ping_pong", ["x2", "8000", "x3", "x4", "x4-express"], ["0", "1", "500"], writes: "500 rounds\n"),
    Case("set", ["x2", "8000"], writes: "640 frames of 64 flows\n"),
    Case("packed_stream", ["x2", "8000"], writes: "30000 packets in 34 buffers\n"),
    Case("timestamps", ["x2", "8000", "x3", "x4-express"], writes: "100 times\n"),
    Case("cut_through", ["x2", "x3", "x4", "x4-express"], writes: "300 frames cut through\n"),
    Case("alternatives", ["x2", "8000"], writes: "4 frames\n"),
    Case("express", ["x3", "x4-express"], writes: "2000 packets\n"),
    Case("events", ["x2", "8000"], writes: "as they should be\n"),
    Case("questions", ["x2", "8000", "x3", "x4", "x4-express"], writes: "answered\n"),
  ]

  @Test(arguments: cases) func programsFindWhatTheyExpect(_ row: Case) throws {
    let program = try Program(row.program)
    for device in row.devices {
      let ran = try program.run(device, row.arguments)
      #expect(ran.status == 0 && ran.output == row.output, "\(device): \(ran.output)")
    }
  }

  /// The same programs as C++.
  @Test(arguments: cases) func programsInCPlusPlusDoTheSame(_ row: Case) throws {
    let ran = try Program(row.program, .cPlusPlus).run(row.devices[0], row.arguments)
    #expect(ran.status == 0 && ran.output == row.output, "\(ran.output)")
  }
}
