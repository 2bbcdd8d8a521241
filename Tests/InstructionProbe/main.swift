import Glibc

// Moves a number of packets over the cable on one path of the library, so that callgrind can count what one packet
// costs: the difference of two runs of different length. It has to be built for speed.
//
// InstructionProbe PATH BURST PACKETS [OPTIONS]      for example: InstructionProbe mirror 32 3200 nic=x3

let arguments = CommandLine.arguments
guard arguments.count >= 4, let burst = Int(arguments[2]), let packets = Int(arguments[3]), (1...32).contains(burst),
  packets >= burst, let path = ProbePath(rawValue: arguments[1])
else {
  print("usage: InstructionProbe \(ProbePath.allCases.map(\.rawValue).joined(separator: "|")) BURST PACKETS [OPTIONS]")
  exit(64)
}
let options = arguments.count > 4 ? arguments[4] : ""
try path.run(burst: burst, bursts: packets / burst, options: options)
