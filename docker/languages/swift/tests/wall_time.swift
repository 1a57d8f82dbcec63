import Foundation

print("before")
fflush(stdout)
Thread.sleep(forTimeInterval: 30)
