cat("before\n")
Sys.sleep(30)
