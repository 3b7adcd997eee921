"""Problems as declarations: parameters, statement, parts whose answers are derivations, foreseen mistakes."""
