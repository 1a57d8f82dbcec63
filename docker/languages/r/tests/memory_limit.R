blocks <- list()
while (TRUE) blocks[[length(blocks) + 1]] <- numeric(1e6) + 1
