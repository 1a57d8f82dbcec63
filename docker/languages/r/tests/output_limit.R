while (TRUE) cat(strrep("y", 100), "\n")
