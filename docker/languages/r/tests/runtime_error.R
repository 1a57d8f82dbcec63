cat("before\n")
third <- function(items) items[[3]]
third(list(1, 2))
