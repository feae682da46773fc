"""Files of a firm: read whatever wrote them, checked, placed on the map, merged with what was imported before.

``reading`` and ``workbook`` turn a file into text cells with their lines, ``columns`` says what each column may hold, ``recipe``
replays the answers next month, ``checks`` finds what is wrong and proposes, ``locate`` and ``geocoder`` give positions, ``merge``
compares with the last import, ``pipeline`` runs them one after the other. Whatever comes from the firm stays on this machine,
save the address columns that a consent names.
"""
