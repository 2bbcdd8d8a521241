import Glibc

// Prints what the datapath allocates and how often it counts references, a line for each kind of call. It has to be
// built for speed: unoptimised Swift counts more.

let wire = CommandLine.arguments.count > 1 ? CommandLine.arguments[1] : "cable"
do {
  Control.run()
  let wires = try Wires.named(wire)
  for burst in [1, 32] {
    try MirrorLevel.run(wires, name: wire, burst: burst, bursts: 100)
    try OwningLevel.run(wires, name: wire, burst: burst, bursts: 100)
    guard wires.isEF10 else { continue }
    try OtherReceptions.run(wires, name: wire, burst: burst, bursts: 100)
  }
  if wires.isEF10 { try SendingLevel.run(wires, name: wire, rounds: 100) }
} catch {
  print("error \(error)")
  exit(1)
}
