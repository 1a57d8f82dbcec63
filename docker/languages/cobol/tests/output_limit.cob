       IDENTIFICATION DIVISION.
       PROGRAM-ID. PRINTING.
       PROCEDURE DIVISION.
           PERFORM UNTIL EXIT
               DISPLAY "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"
           END-PERFORM.
