       IDENTIFICATION DIVISION.
       PROGRAM-ID. FAILING.
       PROCEDURE DIVISION.
           DISPLAY "before".
           CALL "NOWHERE".
           STOP RUN.
