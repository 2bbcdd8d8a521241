import Glibc

// Moves a number of packets over the cable on one path of the library, so that callgrind can count what one packet
// costs: the difference of two runs of different length. It has to be built for speed.
//
// InstructionProbe PATH BURST PACKETS [OPTIONS [RIGHT]]   for example: InstructionProbe owning 32 3200 nic=x2 nic=x3
//
// RIGHT are the options of the receiving port where they differ.

let arguments = CommandLine.arguments
guard arguments.count >= 4, let burst = Int(arguments[2]), let packets = Int(arguments[3]), (1...32).contains(burst),
  packets >= burst, let path = ProbePath(rawValue: arguments[1])
else {
  print(
    "usage: InstructionProbe \(ProbePath.allCases.map(\.rawValue).joined(separator: "|")) BURST PACKETS [OPTIONS [RIGHT]]"
  )
  exit(64)
}
let options = arguments.count > 4 ? arguments[4] : ""
let right = arguments.count > 5 ? arguments[5] : options
try path.run(burst: burst, bursts: packets / burst, left: options, right: right)
