"""Read files of any container (JSON, XML, tables, RDF, SQL, archives) record by record.

Whatever is wrong with one record costs that record only.
"""
