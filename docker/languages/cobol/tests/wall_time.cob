       IDENTIFICATION DIVISION.
       PROGRAM-ID. SLEEPING.
       PROCEDURE DIVISION.
           DISPLAY "before".
           CALL "C$SLEEP" USING 30.
           STOP RUN.
