let count = Int(readLine()!)!
let sum = readLine()!.split(separator: " ").prefix(count).reduce(0) { $0 + Int($1)! }
print("sum \(sum)")
print("last \(readLine()!)")
