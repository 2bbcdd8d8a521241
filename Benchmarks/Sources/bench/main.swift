import Glibc

let isQuick = getenv("QUICK").map { String(cString: $0) == "1" } ?? false
let known = ["cable", "afpacket", "scaling", "soak"]
let names = CommandLine.arguments.count > 1 ? Array(CommandLine.arguments.dropFirst()) : known

for name in names where !known.contains(name) {
  print("There is no benchmark '\(name)'; there are \(known.joined(separator: ", ")).")
  exit(2)
}

Machine.printHeader()
do {
  // First: it enters a network of its own, which a process can do while it has one thread.
  if names.contains("afpacket") { try PacketBenchmark.run(quick: isQuick) }
  if names.contains("cable") { try CableBenchmark.run(quick: isQuick) }
  if names.contains("scaling") { try ScalingBenchmark.run(quick: isQuick) }
  if names.contains("soak") { try SoakBenchmark.run(quick: isQuick) }
} catch {
  print("\(error)")
  exit(1)
}
