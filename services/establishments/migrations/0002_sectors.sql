-- The carte scolaire: the collèges in whose sector an école lies; several where the sector is decided address by address.
CREATE TABLE sectors (
    ecole TEXT NOT NULL REFERENCES establishments (uai),
    college TEXT NOT NULL REFERENCES establishments (uai),
    -- Told of this very école, and not derived from its commune. The same in all rows of an école.
    exact BOOLEAN NOT NULL,
    PRIMARY KEY (ecole, college)
);
CREATE INDEX sectors_by_college ON sectors (college, ecole);
