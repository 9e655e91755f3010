"""Users, recordings and generations of the comparison backend, with SQLAlchemy on SQLite or Postgres."""

import os
from datetime import UTC, datetime

from sqlalchemy import ForeignKey, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker

URL = os.environ["DATABASE_URL"]
engine = create_engine(URL, connect_args={"check_same_thread": False, "timeout": 30} if URL.startswith("sqlite") else {})
Session = sessionmaker(engine, expire_on_commit=False)


def now() -> datetime:
    return datetime.now(UTC)


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]


class AudioSample(Base):
    __tablename__ = "audio_samples"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str]
    file_path: Mapped[str]
    uploaded_at: Mapped[datetime] = mapped_column(default=now)


class GeneratedAudio(Base):
    __tablename__ = "generated_audio"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    sample_id: Mapped[int] = mapped_column(ForeignKey("audio_samples.id"))
    model_name: Mapped[str]
    script_text: Mapped[str]
    status: Mapped[str] = mapped_column(default="PENDING", index=True)
    output_file_path: Mapped[str | None]
    generated_at: Mapped[datetime] = mapped_column(default=now)


Base.metadata.create_all(engine)
