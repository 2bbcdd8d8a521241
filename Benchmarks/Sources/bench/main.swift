import EtherFabric
import Glibc
import NetworkLab

// The parts that this program plays for itself in a process of their own.
let words = Array(CommandLine.arguments.dropFirst())
do {
  switch words.first {
  case EchoProcess.word: try EchoProcess.run(Array(words.dropFirst()))
  case InstructionProcess.word: try InstructionProcess.run(Array(words.dropFirst()))
  default: try Program.run(words)
  }
} catch {
  print("\(error)")
  exit(1)
}
